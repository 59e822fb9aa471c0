/** A menu of all faces that sets the face of one clock: for whoever edits the page. */

import { html } from "#dom"
import { faceNames } from "example-clock"

export function pickerFor(clock) {
  const options = faceNames().map((name) => html("option", { value: name }, name))
  const menu = html("select", { "aria-label": "Face" }, ...options)
  menu.value = clock.getAttribute("face") ?? "digital"
  menu.addEventListener("change", () => clock.setAttribute("face", menu.value))
  return menu
}
