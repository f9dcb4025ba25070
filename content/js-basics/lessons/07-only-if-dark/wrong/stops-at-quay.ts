import { me } from 'academy'

export default async function main() {
  await me.go('north')
  const here = await me.look()
  const dark = here.items.find((item) => item.state === 'dark')
  if (dark) await me.use(dark)
}
