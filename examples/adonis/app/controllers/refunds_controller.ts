import type { HttpContext } from '@adonisjs/core/http';
import { operatorOf } from '../services/session.js';
import { support } from '../services/support.js';

export default class RefundsController {
  /** Put your own guard against forged requests before it, as @adonisjs/shield has one. */
  async store({ request, response, params }: HttpContext): Promise<void> {
    const operator = operatorOf(request.request.headers.cookie);
    if (!operator) return response.status(401).send('');
    const { cairnloop, shop } = await support();
    const conversationId = await shop.refund(cairnloop, params.id, operator);
    response.status(conversationId ? 201 : 409).send(conversationId ?? 'refunded already');
  }
}
