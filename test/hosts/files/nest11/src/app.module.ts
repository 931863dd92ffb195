import { Module } from '@nestjs/common';
import { CairnloopModule } from 'cairnloop/nest';
import { AppController } from './app.controller';
import { AppService } from './app.service';
import config from './cairnloop.config';

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
