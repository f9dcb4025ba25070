/** Checks the worlds named on the command line (or every one under worlds/) and prints each problem as file:line:column. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatProblem, loadWorld } from '../server/world/index.ts'

const root = join(import.meta.dirname, '..', 'worlds')

async function worldsThere(): Promise<string[]> {
  const folders: string[] = []
  for (const name of (await readdir(root)).sort()) {
    const isWorld = await stat(join(root, name, 'world.yaml')).then(
      () => true,
      () => false,
    )
    if (isWorld) folders.push(join(root, name))
  }
  return folders
}

const dirs = process.argv.length > 2 ? process.argv.slice(2) : await worldsThere()
for (const dir of dirs) {
  const loaded = await loadWorld(dir)
  for (const warning of loaded.warnings) console.log(`warning ${formatProblem(warning)}`)
  if (loaded.ok) {
    const { id, zones, places, things, npcs, text } = loaded.world
    console.log(
      `${id}: ${zones.size} zones, ${places.size} places, ${things.size} things, ${npcs.size} people, ${text.size} lines; all well`,
    )
  } else {
    for (const problem of loaded.problems) console.error(`error   ${formatProblem(problem)}`)
    process.exitCode = 1
  }
}
