import { support } from '../../support';

export async function POST() {
  const { cairnloop } = await support();
  const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where is my order?' });
  await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
  return Response.json({ id });
}
