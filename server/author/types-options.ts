/** How a project's types are checked: in the page, by `academy agent check`, and by the author's own editor through tsconfig.json. */

/** The words of tsconfig.json. No DOM and no Node: a program sees `academy` and the language, nothing else. */
export const COMPILER_OPTIONS = {
  target: 'es2022',
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2023'],
  types: [],
  allowJs: true,
  checkJs: true,
  strict: true,
  noImplicitAny: false,
  noEmit: true,
  allowImportingTsExtensions: true,
  moduleDetection: 'force',
  skipLibCheck: true,
} as const
