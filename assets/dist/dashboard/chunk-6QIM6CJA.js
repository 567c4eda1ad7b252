import{g as t,o as n}from"./chunk-PVLX2RQS.js";function l(r){let e=`/api/clients/${encodeURIComponent(r)}`;return{path:e,...n(e,i=>t("get",e,{signal:i}))}}export{l as a};
