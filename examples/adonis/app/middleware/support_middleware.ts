import type { HttpContext } from '@adonisjs/core/http';
import type { NextFn } from '@adonisjs/core/types/http';
import { support } from '../services/support.js';

/** Serves what belongs to Cairnloop; everything else goes on to Adonis. */
export default class SupportMiddleware {
  async handle({ request, response }: HttpContext, next: NextFn): Promise<void> {
    const { operations, workspace, portal } = await support();
    const { request: req } = request;
    const { response: res } = response;
    await operations.node(req, res, () => workspace.node(req, res, () => portal.node(req, res, next)));
  }
}
