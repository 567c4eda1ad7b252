var e=["knowledge_read","knowledge_write","search","conversations_read","settings_read","settings_write","usage_read"];export{e as a};
