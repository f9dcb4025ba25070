import { me, on } from 'academy'

on('hear', async ({ text }) => {
  console.log(`I heard: ${text}`)
})
