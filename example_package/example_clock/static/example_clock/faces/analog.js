import { svg } from "#dom"
import { addFace } from "example-clock"
import { angles } from "../time.js"

const hand = (angle, length, width) =>
  svg("line", { y2: -length, stroke: "currentColor", "stroke-width": width, transform: `rotate(${angle})` })

export default function analog(date) {
  const { hours, minutes, seconds } = angles(date)
  return svg(
    "svg",
    { viewBox: "-50 -50 100 100", width: 100, height: 100, role: "img" },
    svg("circle", { r: 48, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
    hand(hours, 25, 4),
    hand(minutes, 38, 3),
    hand(seconds, 42, 1),
  )
}

addFace("analog", analog)
