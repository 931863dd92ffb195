import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import {
  ConflictException,
  Controller,
  Get,
  Inject,
  Module,
  Param,
  Post,
  Req,
  UnauthorizedException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Cairnloop, CairnloopModule, InjectCairnloop } from 'cairnloop/nest';
import config from '../cairnloop.config.js';
import { address, announce, onSignal } from '../host-process.js';
import { openShop } from '../refund.js';
import { customerOf, operatorOf } from '../session.js';

type Shop = Awaited<ReturnType<typeof openShop>>;
const SHOP = Symbol('shop');

@Controller()
class ShopController {
  constructor(
    @Inject(SHOP) private readonly shop: Shop,
    @InjectCairnloop() private readonly cairnloop: Cairnloop,
  ) {}

  @Get()
  page(): string {
    return 'The shop';
  }

  /** Put your own guard against forged requests before it. */
  @Post('orders/:id/refund')
  async refund(@Req() request: IncomingMessage, @Param('id') orderId: string): Promise<string> {
    const operator = operatorOf(request.headers.cookie);
    if (!operator) throw new UnauthorizedException();
    const conversationId = await this.shop.refund(this.cairnloop, orderId, operator);
    if (!conversationId) throw new ConflictException('refunded already');
    return conversationId;
  }
}

@Module({
  imports: [
    CairnloopModule.forRoot({
      config,
      operations: true,
      workspace: { basePath: '/support', operator: (request) => operatorOf(request.headers.get('cookie')) },
      portal: { basePath: '/help', customer: (request) => customerOf(request.headers.get('cookie')) },
    }),
  ],
  controllers: [ShopController],
  providers: [{ provide: SHOP, useFactory: () => openShop() }],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
await app.listen(address.port, address.host);
announce(app.getHttpServer());
onSignal(async () => {
  // Ends live pages first, then the server and the connections of Cairnloop.
  await app.close();
  await app.get<Shop>(SHOP).close();
});
