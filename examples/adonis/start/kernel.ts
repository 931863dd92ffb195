import router from '@adonisjs/core/services/router';
import server from '@adonisjs/core/services/server';

// Before the body parser: the pages of Cairnloop read their own forms.
server.use([() => import('../app/middleware/support_middleware.js')]);
router.use([() => import('@adonisjs/core/bodyparser_middleware')]);
