/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */

import io.headrace.benchmarks.Measurements;
import io.headrace.benchmarks.Subject;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.bookkeeper.client.BookKeeper;
import org.apache.bookkeeper.client.api.DigestType;
import org.apache.bookkeeper.client.api.WriteHandle;
import org.apache.bookkeeper.conf.ClientConfiguration;

/** Nothing but a client of BookKeeper that adds entries. Arguments: those of Measurements, with ZooKeeper's address. */
public final class BareBookKeeper implements Subject {
    private final BookKeeper client;
    private WriteHandle ledger;

    private BareBookKeeper(BookKeeper client) {
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        ClientConfiguration configuration = new ClientConfiguration();
        configuration.setMetadataServiceUri("zk+hierarchical://" + arguments[1] + "/ledgers");
        Measurements.of(new BareBookKeeper(new BookKeeper(configuration)), arguments).runAndExit();
    }

    @Override
    public void open(String stream, int segments) throws Exception {
        ledger = client.newCreateLedgerOp()
                .withEnsembleSize(1)
                .withWriteQuorumSize(1)
                .withAckQuorumSize(1)
                .withDigestType(DigestType.CRC32C)
                .withPassword(new byte[0])
                .withCustomMetadata(Map.of())
                .execute()
                .get();
    }

    @Override
    public Writer writer() {
        WriteHandle open = ledger;
        return (key, event, acknowledged) -> open.appendAsync(event).whenComplete((entry, failure) -> {
            if (failure != null) {
                Subject.fail(failure);
            }
            acknowledged.run();
        });
    }

    @Override
    public void read(Consumer<byte[]> events) {
        throw new UnsupportedOperationException("it is measured by what it writes");
    }
}
