/**
 * `<example-clock face="digital">` shows the time.
 *
 * A face is a function that turns a Date into an element. `digital` is always there;
 * others add themselves when they are imported, before or after the page has clocks.
 */

import digital from "./faces/digital.js"
import { untilNextSecond } from "./time.js"

const faces = new Map([["digital", digital]])

export function addFace(name, face) {
  faces.set(name, face)
  for (const clock of document.querySelectorAll("example-clock")) clock.show()
}

/** The names of all faces so far. */
export const faceNames = () => [...faces.keys()]

export class ExampleClock extends HTMLElement {
  static observedAttributes = ["face"]

  #timer

  connectedCallback() {
    this.#tick()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
  }

  attributeChangedCallback() {
    this.show()
  }

  #tick() {
    this.show()
    this.#timer = setTimeout(() => this.#tick(), untilNextSecond())
  }

  /** Draw one moment; an unknown face falls back to digits. */
  show(date = new Date()) {
    const face = faces.get(this.getAttribute("face")) ?? digital
    this.replaceChildren(face(date))
  }
}

customElements.define("example-clock", ExampleClock)
