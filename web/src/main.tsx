import { render } from 'preact';

render(<main>debugterm</main>, document.getElementById('app')!);
