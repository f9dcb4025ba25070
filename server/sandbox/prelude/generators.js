/** How deep generators run within each other: each step of one is a call of whoever asks for it, and leaves nothing behind. */
'use strict'

{
  const counted = (owner, name) => {
    const original = owner[name]
    $$replace(
      owner,
      name,
      {
        [name](value) {
          const depth = $$d
          if (++$$d > $$D) $$y()
          try {
            return arguments.length === 0 ? $$apply(original, this, []) : $$apply(original, this, [value])
          } finally {
            $$d = depth
          }
        },
      }[name],
      original.length,
    )
  }
  const { prototype } = $$protoOf(function* () {})
  const { prototype: asyncPrototype } = $$protoOf(async function* () {})
  for (const name of ['next', 'return', 'throw']) {
    counted(prototype, name)
    counted(asyncPrototype, name)
  }
}
