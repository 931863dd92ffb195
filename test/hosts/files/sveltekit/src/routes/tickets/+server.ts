import { json } from '@sveltejs/kit';
import { support } from '../../hooks.server';

export async function POST() {
	const { cairnloop } = await support();
	const { id } = await cairnloop.conversations.open({ actorId: 'user_1', message: 'Where?' });
	await cairnloop.conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
	return json({ id });
}
