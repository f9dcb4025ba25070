import { me, on } from 'academy'

on('told', async ({ from, text }) => {
  if (text === 'ping') await me.tell(from, 'pong')
})
