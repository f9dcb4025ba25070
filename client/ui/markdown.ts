/** Authored Markdown (lessons) to HTML; raw HTML in it is shown as text, links lead nowhere outside. */
import { Marked } from 'marked'

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link: ({ text }) => escapeHtml(text),
    heading: ({ text, depth }) => `<h${Math.min(6, depth + 2)}>${escapeHtml(text)}</h${Math.min(6, depth + 2)}>`,
  },
})

export const markdown = (text: string): string => marked.parse(text, { async: false })
