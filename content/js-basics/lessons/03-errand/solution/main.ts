import { me } from 'academy'

export default async function main() {
  await me.go('north')
  await me.go('north')
  await me.go('west')
  await me.say('Somebody left a pair of gloves here.')
}
