/** `<clock-face>` holds a menu of faces and a clock: the clock shows the chosen face. */

import "example-clock"
import "example-clock/faces/analog"

customElements.define(
  "clock-face",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", this)
      this.handleEvent()
    }

    handleEvent() {
      const face = this.querySelector("select").value
      this.querySelector("example-clock").setAttribute("face", face)
    }
  },
)
