import { html } from "#dom"
import { digits } from "../time.js"

export default (date) => html("time", { datetime: digits(date) }, digits(date))
