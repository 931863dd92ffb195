import router from '@adonisjs/core/services/router'
import { support } from '#middleware/support_middleware'

router.get('/', async () => ({ hello: 'world' }))
router.post('/tickets', async () => {
  const { cairnloop } = await support()
  const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is it?' })
  await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } })
  return { id }
})
