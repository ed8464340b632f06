import { Component, h, type ComponentType } from 'preact';

/** A component that is drawn again only when a property changed that is no function (preact/compat without the weight). */
export function memo<P extends object>(inner: ComponentType<P>): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as Record<string, unknown>;
      return Object.entries(next).some(([key, value]) => typeof value !== 'function' && now[key] !== value);
    }
    override render() {
      return h(inner, this.props as P);
    }
  } as ComponentType<P>;
}
