// A slow network between a browser and the portal: round trips of 150 ms and
// 1.6 Mbit/s down, 768 kbit/s up in all connections together, which is what
// WebPageTest calls 3GFast. Opening a connection costs one round trip more.
import net from 'node:net';

const RTT_MS = 150;
const DOWN = 1_600_000 / 8, UP = 768_000 / 8; // bytes a second

// A line that carries one chunk after the other, each arriving half a round
// trip after its last byte was sent.
function line(rate) {
  let free = 0;

  return (bytes) => {
    const now = performance.now();

    free = Math.max(free, now) + bytes / rate * 1000;
    return free - now + RTT_MS / 2;
  };
}

// Answers the address of the slow way to `origin`.
export async function slow(origin) {
  const port = Number(new URL(origin).port);
  const down = line(DOWN), up = line(UP);
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    const end = () => { near.destroy(); far.destroy(); };
    const carry = (from, to, way, first) => {
      let last = first;
      const at = (chunk, act) => {
        last = Math.max(last, performance.now() + way(chunk));
        setTimeout(act, last - performance.now());
      };

      from.on('data', (chunk) => at(chunk.length, () =>
        to.writable && to.write(chunk)));
      from.on('end', () => at(0, () => to.end()));
      from.on('error', end);
    };

    carry(near, far, up, performance.now() + RTT_MS);
    carry(far, near, down, 0);
  });

  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `http://127.0.0.1:${server.address().port}`,
    close: () => server.close() };
}
