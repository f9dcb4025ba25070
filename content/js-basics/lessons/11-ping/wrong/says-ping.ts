import { me, on } from 'academy'

on('hear', async ({ from, text }) => {
  if (text === 'ping') await me.tell(from, 'ping')
})
