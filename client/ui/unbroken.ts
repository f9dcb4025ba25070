/** Text for the page in which an option of a command, such as `--model`, is not broken after its hyphens. */
import { el } from './el.ts'

export const unbroken = (text: string): (Node | string)[] =>
  text.split(/(--[\w-]+)/).map((part, at) => (at % 2 === 1 ? el('span', { class: 'unbroken' }, part) : part))
