import { me, on } from 'academy'

on('hear', async ({ text }) => {
  if (!text.includes('crate')) return
  await me.go('east')
  await me.take('crate')
  await me.drop('crate')
  await me.say('Here it is.')
})
