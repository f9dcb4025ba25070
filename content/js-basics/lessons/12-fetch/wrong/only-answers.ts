import { me, on } from 'academy'

on('hear', async ({ text }) => {
  if (text.includes('crate')) await me.say('At once.')
})
