/** The `academy` command: run a node, look after one, and work on agents from your own editor. */
import './cli/program.ts'
