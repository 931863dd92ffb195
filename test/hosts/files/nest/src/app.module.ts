import { Module } from '@nestjs/common';
import { CairnloopModule } from 'cairnloop/nest';
import { AppController } from './app.controller.js';
import { AppService } from './app.service.js';
import config from './cairnloop.config.js';

@Module({
  imports: [
    CairnloopModule.forRoot({
      config,
      operations: true,
      workspace: {
        basePath: '/support',
        operator: () => ({ id: 'op_7', name: 'Maya' }),
      },
    }),
  ],
  controllers: [AppController],
  providers: [AppService],
})
export class AppModule {}
