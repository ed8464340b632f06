import { h, type ComponentType } from 'preact';
import { useSignal } from '@preact/signals';

/** A component whose code comes when it is first shown; nothing is drawn until then. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let ready: ComponentType<P> | null = null;
  return (props: P) => {
    const loaded = useSignal(ready !== null);
    if (ready) return h(ready, props);
    void load().then((component) => {
      ready = component;
      loaded.value = true;
    });
    void loaded.value;
    return null;
  };
}
