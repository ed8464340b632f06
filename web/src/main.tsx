import { render } from 'preact';
import './style/theme.css';
import './style/layout.css';
import './style/stream.css';
import './style/panels.css';
import { App } from './ui/App.tsx';

render(<App />, document.getElementById('app')!);
