import { Controller, Get, Post } from '@nestjs/common';
import type { Cairnloop } from 'cairnloop';
import { InjectCairnloop } from 'cairnloop/nest';
import { AppService } from './app.service';

@Controller()
export class AppController {
  constructor(
    private readonly appService: AppService,
    @InjectCairnloop() private readonly cairnloop: Cairnloop,
  ) {}

  @Get()
  getHello(): string {
    return this.appService.getHello();
  }

  @Post('tickets')
  async openTicket(): Promise<{ id: string }> {
    const { conversations } = this.cairnloop;
    const { id } = await conversations.open({
      actorId: 'user_1',
      message: 'Where is my order?',
    });
    await conversations.resolve(id, { resolvedBy: { id: 'op_7' } });
    return { id };
  }
}
