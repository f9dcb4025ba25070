/** Variables that belong to the author's tools; a node, which reports every setting it does not know, is not shown them. */
export const TOOL_VARIABLES = ['ACADEMY_PASSWORD'] as const

export const nodeEnv = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !(TOOL_VARIABLES as readonly string[]).includes(name)),
  )
