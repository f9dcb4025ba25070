/** What lies on the workbench: one's projects, the open one with its files, and which file is looked at. No page, no timing. */
import type { Project } from '../../server/protocol/api.ts'
import type { Keep } from '../net/storage.ts'
import type { Saver } from './saver.ts'
import type { Workshop } from './workshop.ts'

export const isEntry = (path: string): boolean => path === 'main.ts' || path === 'main.js'

type Deps = {
  readonly shop: Pick<Workshop, 'projects' | 'read' | 'write' | 'remove'>
  readonly saver: Saver
  readonly keep: Keep
  /** A file's text is known, or is another one than before; undefined: the file is gone. */
  readonly onText: (path: string, text: string | undefined) => void
  readonly onOpen: (path: string, text: string) => void
}

export type Desk = {
  projects(): readonly Project[]
  project(): Project | undefined
  path(): string
  /** Asks for the projects and opens one: the named, else the one that was open last. */
  load(project?: string): Promise<void>
  openFile(path: string): Promise<void>
  add(path: string): Promise<void>
  remove(path: string): Promise<void>
  typed(path: string, text: string): void
  /** What other windows have saved meanwhile comes in, save where something is typed here. */
  refresh(): Promise<void>
  /** The node's newest word on a project. */
  know(project: Project): void
}

const KEY = 'academy.project'

export function createDesk({ shop, saver, keep, onText, onOpen }: Deps): Desk {
  let projects: readonly Project[] = []
  let project: Project | undefined
  let path = ''
  /** As the node has them, and as they are here. */
  const known = new Map<string, string>()
  const texts = new Map<string, string>()

  async function fetchFile(id: string, file: string): Promise<void> {
    const text = await shop.read(id, file)
    if (project?.id !== id) return
    known.set(file, text)
    const now = saver.draft(id, file) ?? text
    if (texts.get(file) === now) return
    texts.set(file, now)
    onText(file, now)
  }

  async function openProject(next: Project): Promise<void> {
    for (const old of texts.keys()) onText(old, undefined)
    texts.clear()
    known.clear()
    path = ''
    project = next
    keep.write(KEY, next.id)
    const unsent = saver.drafts(next.id).filter((file) => !next.files.some((one) => one.path === file))
    for (const file of unsent) texts.set(file, saver.draft(next.id, file)!)
    await Promise.all(next.files.map((file) => fetchFile(next.id, file.path)))
    const entry = next.files.find((file) => isEntry(file.path)) ?? next.files[0]
    if (entry && project?.id === next.id) await openFile(entry.path)
  }

  async function openFile(next: string): Promise<void> {
    if (!project) return
    if (!texts.has(next)) await fetchFile(project.id, next)
    path = next
    onOpen(next, texts.get(next) ?? '')
  }

  function know(next: Project): void {
    projects = projects.map((one) => (one.id === next.id ? next : one))
    if (project?.id === next.id) project = next
  }

  return {
    projects: () => projects,
    project: () => project,
    path: () => path,
    openFile,
    know,
    async load(wanted) {
      projects = await shop.projects()
      const id = wanted ?? project?.id ?? keep.read<string>(KEY)
      const next = projects.find((one) => one.id === id) ?? projects.at(-1)
      if (!next) return
      if (next.id !== project?.id || path === '') await openProject(next)
      else project = next
    },
    async add(file) {
      if (!project) return
      know(await shop.write(project.id, file, texts.get(file) ?? ''))
      await openFile(file)
    },
    async remove(file) {
      if (!project) return
      saver.drop(project.id, file)
      know(await shop.remove(project.id, file))
      texts.delete(file)
      known.delete(file)
      onText(file, undefined)
      await openFile((project.files.find((one) => isEntry(one.path)) ?? project.files[0]!).path)
    },
    typed(file, text) {
      if (!project || texts.get(file) === text) return
      texts.set(file, text)
      saver.typed(project.id, file, text, known.get(file))
      known.set(file, text)
    },
    async refresh() {
      const before = project
      if (!before) return
      projects = await shop.projects()
      const now = projects.find((one) => one.id === before.id)
      if (!now || now.updatedAtMs === before.updatedAtMs || project?.id !== now.id) return
      project = now
      for (const file of texts.keys())
        if (!now.files.some((one) => one.path === file) && saver.draft(now.id, file) === undefined) {
          texts.delete(file)
          onText(file, undefined)
        }
      await Promise.all(now.files.map((file) => fetchFile(now.id, file.path)))
      if (!texts.has(path)) await openFile(now.files.find((one) => isEntry(one.path))?.path ?? now.files[0]!.path)
    },
  }
}
