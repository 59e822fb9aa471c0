/** Arithmetic on the time of day. No entry names this file: its siblings import it by its path. */

export const untilNextSecond = (now = Date.now()) => 1000 - (now % 1000)

/** "09:05:00" */
export const digits = (date) =>
  [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((number) => String(number).padStart(2, "0"))
    .join(":")

/** Degrees, clockwise from twelve o'clock. */
export function angles(date) {
  const seconds = date.getSeconds()
  const minutes = date.getMinutes() + seconds / 60
  const hours = (date.getHours() % 12) + minutes / 60
  return { hours: hours * 30, minutes: minutes * 6, seconds: seconds * 6 }
}
