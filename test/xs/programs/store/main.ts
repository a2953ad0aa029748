import Resource from "Resource";

native("xs_test_store").call(undefined, Number(String.fromArrayBuffer(new Resource("address").slice(0))));
trace("stored\n");
