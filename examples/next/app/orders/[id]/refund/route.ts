import { operatorOf } from '../../../../session';
import { support } from '../../../../support';

/** Your own guard against forged requests stands before it. */
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const operator = operatorOf(request.headers.get('cookie'));
  if (!operator) return new Response(null, { status: 401 });
  const { cairnloop, shop } = await support();
  const conversationId = await shop.refund(cairnloop, (await params).id, operator);
  return new Response(conversationId ?? 'refunded already', { status: conversationId ? 201 : 409 });
}

// Neither at build time nor out of a cache.
export const dynamic = 'force-dynamic';
