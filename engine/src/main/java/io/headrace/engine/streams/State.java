/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.engine.streams;

import io.headrace.engine.calls.CallOrder;
import io.headrace.engine.streams.Row.CallerRow;
import io.headrace.engine.streams.Row.ColdRow;
import io.headrace.engine.streams.Row.CompletedRow;
import io.headrace.engine.streams.Row.ConfigurationRow;
import io.headrace.engine.streams.Row.CounterRow;
import io.headrace.engine.streams.Row.EpochRow;
import io.headrace.engine.streams.Row.GroupRow;
import io.headrace.engine.streams.Row.MarkRow;
import io.headrace.engine.streams.Row.OwnerRow;
import io.headrace.engine.streams.Row.RetiredRow;
import io.headrace.engine.streams.Row.RetiredTableRow;
import io.headrace.engine.streams.Row.SampleRow;
import io.headrace.engine.streams.Row.ScopeRow;
import io.headrace.engine.streams.Row.SealedSizesRow;
import io.headrace.engine.streams.Row.StreamRow;
import io.headrace.engine.streams.Row.SubscriberRow;
import io.headrace.engine.streams.Row.TableRow;
import io.headrace.engine.streams.Row.TransactionRow;
import io.headrace.engine.streams.Row.TruncationRow;
import io.headrace.engine.streams.Row.VerdictRow;
import io.headrace.engine.streams.Row.WorkRow;
import io.headrace.engine.streams.Row.WriterRow;
import io.headrace.engine.streams.Work.Subject;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All durable state of a {@code streams} partition. {@link #put} and {@link #remove} are the only ways to change it. */
final class State {
    final NavigableMap<String, ScopeData> scopes = new TreeMap<>();
    final Completed completed = new Completed();

    /** Streams with a retention policy. */
    final Rota retained = new Rota();

    /** Streams that watermarks may follow for: those with writers that have noted a time. */
    final Rota noted = new Rota();

    private final NavigableMap<StreamName, RetiredRow> retired = new TreeMap<>();
    private final NavigableMap<StreamName, RetiredTableRow> retiredTables = new TreeMap<>();
    private final CallOrder calls = new CallOrder();
    private long nextTransaction = 1;
    private long owner;

    @Nullable
    ScopeData scope(String scope) {
        return scopes.get(scope);
    }

    @Nullable
    StreamData stream(StreamName name) {
        ScopeData scope = scopes.get(name.scope());
        return scope == null ? null : scope.streams.get(name.stream());
    }

    /** First segment number of a stream that is created now. */
    int firstNumber(StreamName name) {
        RetiredRow row = retired.get(name);
        return row == null ? 0 : row.nextNumber();
    }

    /** First segment number of a table that is created now. */
    int firstTableNumber(String scope, String table) {
        RetiredTableRow row = retiredTables.get(new StreamName(scope, table));
        return row == null ? 0 : row.nextNumber();
    }

    long nextTransaction() {
        return nextTransaction;
    }

    /** Number of the present owner; 0 before the first has taken over. */
    long owner() {
        return owner;
    }

    /** How far the workflows of other partitions have come. */
    CallOrder calls() {
        return calls;
    }

    /** The work that is remembered for a subject. */
    @Nullable
    Work work(Subject subject) {
        if (subject instanceof Subject.OfStream s) {
            StreamData stream = stream(s.stream());
            return stream == null ? null : stream.work;
        } else if (subject instanceof Subject.OfGroup s) {
            ScopeData scope = scope(s.scope());
            return scope == null ? null : scope.groupWork.get(s.group());
        } else if (subject instanceof Subject.OfTable s) {
            ScopeData scope = scope(s.scope());
            return scope == null ? null : scope.tableWork.get(s.table());
        } else if (subject instanceof Subject.OfScope s) {
            ScopeData scope = scope(s.scope());
            return scope == null ? null : scope.work;
        }
        return null;
    }

    void put(Row row) {
        if (row instanceof ScopeRow r) {
            ScopeData known = scopes.get(r.scope());
            if (known == null) {
                scopes.put(r.scope(), new ScopeData(r));
            } else {
                known.row = r;
            }
        } else if (row instanceof StreamRow r) {
            StreamData known = stream(r.name());
            if (known == null) {
                scopeOf(r.name().scope()).streams.put(r.name().stream(), new StreamData(r));
            } else {
                known.row = r;
            }
        } else if (row instanceof ConfigurationRow r) {
            ScopeData scope = scopeOf(r.name().scope());
            StreamData stream = streamOf(r.name());
            scope.untag(stream);
            stream.configuration = r.configuration();
            scope.tag(stream);
            retained.set(r.name(), r.configuration().retention() != null);
            if (r.configuration().retention() == null) {
                stream.samples.clear();
            }
        } else if (row instanceof EpochRow r) {
            streamOf(r.name()).graph.add(r.epoch());
        } else if (row instanceof SealedSizesRow r) {
            StreamData stream = streamOf(r.name());
            stream.sizeRows.put(r.epoch(), r);
            stream.sealedSizes.putAll(r.sizes());
        } else if (row instanceof TruncationRow r) {
            streamOf(r.name()).truncation = r;
        } else if (row instanceof WorkRow r) {
            setWork(r.subject(), r.work());
        } else if (row instanceof TransactionRow r) {
            streamOf(r.name()).put(r);
        } else {
            putLesser(row);
        }
    }

    private void putLesser(Row row) {
        if (row instanceof RetiredRow r) {
            retired.put(r.name(), r);
        } else if (row instanceof CompletedRow r) {
            completed.put(r);
        } else if (row instanceof CounterRow r) {
            nextTransaction = r.next();
        } else if (row instanceof GroupRow r) {
            scopeOf(r.scope()).groups.put(r.group(), r);
        } else if (row instanceof SubscriberRow r) {
            streamOf(r.name()).subscribers.put(r.subscriber(), r);
        } else if (row instanceof SampleRow r) {
            streamOf(r.name()).samples.put(r.atMillis(), r);
        } else if (row instanceof ColdRow r) {
            streamOf(r.name()).cold.put(r.segmentId(), r);
        } else if (row instanceof WriterRow r) {
            streamOf(r.name()).writers.put(r.writer(), r);
            noted.set(r.name(), true);
        } else if (row instanceof MarkRow r) {
            streamOf(r.name()).mark = r;
        } else if (row instanceof TableRow r) {
            scopeOf(r.scope()).tables.put(r.table(), r);
        } else if (row instanceof RetiredTableRow r) {
            retiredTables.put(new StreamName(r.scope(), r.table()), r);
        } else if (row instanceof OwnerRow r) {
            owner = r.number();
        } else if (row instanceof CallerRow r) {
            calls.put(r.slot(), r.caller(), r.owner(), r.progress());
        } else if (row instanceof VerdictRow r) {
            streamOf(r.name()).put(r);
        }
    }

    void remove(Row row) {
        if (row instanceof ScopeRow r) {
            scopes.remove(r.scope());
        } else if (row instanceof StreamRow r) {
            ScopeData scope = scopeOf(r.name().scope());
            StreamData stream = scope.streams.remove(r.name().stream());
            if (stream != null) {
                scope.untag(stream);
            }
            retained.set(r.name(), false);
            noted.set(r.name(), false);
        } else if (row instanceof WorkRow r) {
            setWork(r.subject(), null);
        } else if (row instanceof TransactionRow r) {
            streamOf(r.name()).remove(r.id());
        } else if (row instanceof CompletedRow r) {
            completed.remove(r);
        } else if (row instanceof GroupRow r) {
            scopeOf(r.scope()).groups.remove(r.group());
        } else if (row instanceof SubscriberRow r) {
            streamOf(r.name()).subscribers.remove(r.subscriber());
        } else if (row instanceof SampleRow r) {
            streamOf(r.name()).samples.remove(r.atMillis());
        } else if (row instanceof ColdRow r) {
            streamOf(r.name()).cold.remove(r.segmentId());
        } else if (row instanceof WriterRow r) {
            StreamData stream = streamOf(r.name());
            stream.writers.remove(r.writer());
            noted.set(r.name(), !stream.writers.isEmpty());
        } else if (row instanceof TableRow r) {
            scopeOf(r.scope()).tables.remove(r.table());
        } else {
            throw new IllegalStateException("a row of this kind is never removed: " + row.getClass());
        }
    }

    private void setWork(Subject subject, @Nullable Work work) {
        if (subject instanceof Subject.OfStream s) {
            StreamData stream = stream(s.stream());
            if (stream != null) {
                stream.work = work;
            }
        } else if (subject instanceof Subject.OfGroup s) {
            scopeOf(s.scope()).groupWork.compute(s.group(), (g, w) -> work);
        } else if (subject instanceof Subject.OfTable s) {
            scopeOf(s.scope()).tableWork.compute(s.table(), (t, w) -> work);
        } else if (subject instanceof Subject.OfScope s) {
            scopeOf(s.scope()).work = work;
        }
    }

    /** All rows, in an order in which they can be put. */
    void forEachRow(Consumer<Row> consumer) {
        consumer.accept(new CounterRow(nextTransaction));
        if (owner > 0) {
            consumer.accept(new OwnerRow(owner));
        }
        calls.forEach(
                (slot, caller, number, progress) -> consumer.accept(new CallerRow(slot, caller, number, progress)));
        retired.values().forEach(consumer);
        retiredTables.values().forEach(consumer);
        completed.forEachRow(consumer);
        for (ScopeData scope : scopes.values()) {
            String name = scope.row.scope();
            consumer.accept(scope.row);
            acceptWork(new Subject.OfScope(name), scope.work, consumer);
            scope.groups.values().forEach(consumer);
            scope.groupWork.forEach((g, w) -> acceptWork(new Subject.OfGroup(name, g), w, consumer));
            scope.tables.values().forEach(consumer);
            scope.tableWork.forEach((t, w) -> acceptWork(new Subject.OfTable(name, t), w, consumer));
            scope.streams.values().forEach(stream -> forEachRow(stream, consumer));
        }
    }

    private static void forEachRow(StreamData stream, Consumer<Row> consumer) {
        StreamName name = stream.name();
        consumer.accept(stream.row);
        consumer.accept(new ConfigurationRow(name, stream.configuration));
        stream.graph.epochs().forEach(epoch -> consumer.accept(new EpochRow(name, epoch)));
        stream.sizeRows.values().forEach(consumer);
        if (stream.truncation != null) {
            consumer.accept(stream.truncation);
        }
        acceptWork(new Subject.OfStream(name), stream.work, consumer);
        stream.transactions.values().forEach(consumer);
        stream.subscribers.values().forEach(consumer);
        stream.samples.values().forEach(consumer);
        stream.cold.values().forEach(consumer);
        stream.writers.values().forEach(consumer);
        if (stream.mark != null) {
            consumer.accept(stream.mark);
        }
        stream.verdicts.values().forEach(consumer);
    }

    private static void acceptWork(Subject subject, @Nullable Work work, Consumer<Row> consumer) {
        if (work != null) {
            consumer.accept(new WorkRow(subject, work));
        }
    }

    private ScopeData scopeOf(String name) {
        ScopeData scope = scopes.get(name);
        if (scope == null) {
            throw new IllegalStateException("a row belongs to the missing scope " + name);
        }
        return scope;
    }

    private StreamData streamOf(StreamName name) {
        StreamData stream = stream(name);
        if (stream == null) {
            throw new IllegalStateException("a row belongs to the missing stream " + name);
        }
        return stream;
    }
}
