import { visible } from '../core/text.ts';
import type { Room } from '../state/room.ts';
import { Spark } from './Spark.tsx';

/** Sparklines of the newest values, each with its value in words. */
export function Metrics({ room }: { room: Room }) {
  void room.metrics.version.value;
  const tiles = room.metrics.board?.tiles() ?? [];
  return (
    <section class="metrics" aria-label="Metrics">
      {tiles.map((tile) => (
        <figure key={tile.key} title={visible(tile.title)}>
          <figcaption>
            <span>{visible(tile.label)}</span>
            <b>{visible(tile.now)}</b>
            {tile.from && <em>{visible(tile.from)}</em>}
          </figcaption>
          <Spark values={tile.values} ceiling={tile.ceiling} />
        </figure>
      ))}
      {tiles.length === 0 && <p class="dim none">No metrics yet: `debugterm ship` sends those of its host.</p>}
    </section>
  );
}
