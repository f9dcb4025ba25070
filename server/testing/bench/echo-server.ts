/** The bare limit that `bench commands` is compared with: a WebSocket server that sends back what it gets. */
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
server.on('listening', () => console.log(`ready ws://127.0.0.1:${(server.address() as { port: number }).port}`))
