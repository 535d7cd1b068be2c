/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import io.headrace.engine.segments.LoadOptions;
import io.headrace.engine.segments.SegmentCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Instances of records with random components, whatever these are. */
final class RandomRecords {
    private final Random random;

    RandomRecords(long seed) {
        random = new Random(seed);
    }

    /** All types that a sealed one permits in the end, but for those that never leave a partition. */
    static List<Class<?>> leaves(Class<?> type) {
        List<Class<?>> leaves = new ArrayList<>();
        if (type == SegmentCommand.Own.class) {
            return leaves;
        }
        if (type.isSealed()) {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                leaves.addAll(leaves(permitted));
            }
        } else {
            leaves.add(type);
        }
        return leaves;
    }

    Object make(Type type) {
        if (type instanceof ParameterizedType of) {
            return collection(of);
        }
        Class<?> raw = (Class<?>) type;
        if (raw == LoadOptions.class) {
            return LoadOptions.atPace(1 + random.nextInt(LoadOptions.MAX_PACE)); // its numbers depend on each other
        } else if (raw.isSealed()) {
            List<Class<?>> leaves = leaves(raw);
            return make(leaves.get(random.nextInt(leaves.size())));
        } else if (raw.isRecord()) {
            return record(raw);
        } else if (raw.isEnum()) {
            Object[] constants = raw.getEnumConstants();
            return constants[random.nextInt(constants.length)];
        }
        return scalar(raw);
    }

    private Object scalar(Class<?> type) {
        if (type == long.class || type == Long.class) {
            return random.nextInt(4) == 0 ? random.nextLong() : (long) random.nextInt(1_000);
        } else if (type == int.class || type == Integer.class) {
            return 1 + random.nextInt(1_000);
        } else if (type == double.class) {
            return random.nextDouble();
        } else if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return random.nextInt(4) == 0 ? "" : "é" + random.nextInt(1_000);
        } else if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        } else if (type == ByteBuf.class) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            return Unpooled.wrappedBuffer(bytes);
        }
        throw new IllegalArgumentException("no way to make a " + type);
    }

    private Object collection(ParameterizedType type) {
        Type[] of = type.getActualTypeArguments();
        Class<?> raw = (Class<?>) type.getRawType();
        int size = random.nextInt(4);
        if (raw == Map.class || raw == SortedMap.class) {
            Map<Object, Object> map = new TreeMap<>();
            for (int i = 0; i < size; i++) {
                map.put(make(of[0]), make(of[1]));
            }
            return map;
        }
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(make(of[0]));
        }
        if (raw == List.class) {
            return list;
        } else if (raw == Set.class) {
            return Set.copyOf(list);
        } else if (raw == SortedSet.class) {
            return new TreeSet<>(list);
        }
        throw new IllegalArgumentException("no way to make a " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        @Nullable
        Object[] values = Arrays.stream(components).map(this::component).toArray();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no way to make a " + type + " of " + Arrays.toString(values), e);
        }
    }

    private @Nullable Object component(RecordComponent component) {
        boolean mayBeNull = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        return mayBeNull && random.nextBoolean() ? null : make(component.getGenericType());
    }
}
