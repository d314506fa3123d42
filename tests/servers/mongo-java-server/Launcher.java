import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.net.InetSocketAddress;

/**
 * mongo-java-server in memory: plays a replica set's change streams for tests.
 * Usage: Launcher PORT (0 takes a free one). Prints "PORT n" when it listens.
 */
public final class Launcher {
    public static void main(String[] args) throws Exception {
        MongoServer server = new MongoServer(new MemoryBackend());
        server.enableOplog();
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        InetSocketAddress address = server.getLocalAddress();
        System.out.println("PORT " + address.getPort());

        // The pipe closes when the test process dies, however it dies: no server outlives it.
        System.in.transferTo(java.io.OutputStream.nullOutputStream());
        // halt: an ordered shutdown waits for open change streams, and nothing here is worth keeping.
        Runtime.getRuntime().halt(0);
    }
}
