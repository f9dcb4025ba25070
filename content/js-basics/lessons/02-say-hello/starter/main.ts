import { me } from 'academy'

export default async function main() {
  // Say good evening, and say who you are.
}
