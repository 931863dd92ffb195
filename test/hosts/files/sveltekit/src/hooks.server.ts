import type { Handle } from '@sveltejs/kit';
import { support } from '$lib/support';

export const handle: Handle = async ({ event, resolve }) => {
	if (event.url.pathname === '/health') return Response.json({ status: 'ok' });
	if (!event.url.pathname.startsWith('/support')) return resolve(event);
	return (await support()).workspace.fetch(event.request);
};
