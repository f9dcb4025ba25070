import { me } from 'academy'

export default async function main() {
  for (let step = 0; step < 2; step++) {
    const here = await me.go('north')
    const dark = (await me.look()).items.find((item) => item.state === 'dark')
    if (dark) await me.use(dark)
    console.log(here.name)
  }
}
