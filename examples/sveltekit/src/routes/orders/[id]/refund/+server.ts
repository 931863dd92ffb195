import type { RequestHandler } from '@sveltejs/kit';
import { operatorOf } from '../../../../lib/server/session';
import { support } from '../../../../lib/server/support';

/** SvelteKit refuses forms from other sites before it. */
export const POST: RequestHandler<{ id: string }> = async ({ request, params }) => {
  const operator = operatorOf(request.headers.get('cookie'));
  if (!operator) return new Response(null, { status: 401 });
  const { cairnloop, shop } = await support();
  const conversationId = await shop.refund(cairnloop, params.id, operator);
  return new Response(conversationId ?? 'refunded already', { status: conversationId ? 201 : 409 });
};
