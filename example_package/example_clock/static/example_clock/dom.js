/** Elements in one expression. Private: other modules of this package import it as `#dom`. */

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

export const html = (name, attributes = {}, ...children) =>
  fill(document.createElement(name), attributes, children)

export const svg = (name, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children)
