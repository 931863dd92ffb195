import router from '@adonisjs/core/services/router';

const RefundsController = () => import('../app/controllers/refunds_controller.js');

router.get('/', () => 'The shop');
router.post('/orders/:id/refund', [RefundsController, 'store']);
