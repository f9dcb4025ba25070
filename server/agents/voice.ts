/** The world in the words that an agent hears and sees it in. */
import { audience, describeRefusal, nameOf, placeView, render, shapesOfThing } from '../voice/index.ts'
import type { AgentVoice } from './parts.ts'

export const worldVoice: AgentVoice = {
  placeView,
  audience,
  nameOf,
  describeRefusal,
  render,
  thingName: (world, thing, locale) => shapesOfThing(world, thing, locale).nom,
}
